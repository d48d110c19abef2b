import { access, accounts, devices } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";

/** Names with a way to the thing, for who may see it; else, and for what is gone, its id. */
const Id = (props: { id: string }) => <span className="mono">{props.id}</span>;

export function PersonName(props: { id: string }) {
  const { id } = props;
  const enabled = useCan()("people.read");
  const person = useQuery({ ...query(accounts.getPerson, { params: { id } }), enabled, retry: false });
  if (person.data === undefined) return <Id id={id} />;
  return (
    <Link className="link" to="/people/$personId" params={{ personId: id }}>
      {person.data.person.name || person.data.person.id}
    </Link>
  );
}

export function DeviceName(props: { id: string }) {
  const { id } = props;
  const enabled = useCan()("device.read");
  const device = useQuery({ ...query(devices.getDevice, { params: { id } }), enabled, retry: false });
  if (device.data === undefined) return <Id id={id} />;
  return (
    <Link className="link" to="/devices/$deviceId/{-$tab}" params={{ deviceId: id }}>
      {device.data.name}
    </Link>
  );
}

export function TenantName(props: { id: string }) {
  const { id } = props;
  const enabled = useCan()("tenant.read");
  const tenants = useQuery({ ...query(access.listTenants, {}), enabled });
  const name = tenants.data?.items.find((one) => one.id === id)?.name;
  if (name === undefined) return <Id id={id} />;
  return (
    <Link className="link" to="/organisations" search={{ organisation: id }}>
      {name}
    </Link>
  );
}
