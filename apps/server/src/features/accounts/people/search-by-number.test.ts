import { systemRandom } from "@gatehouse/base";
import { accounts } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { newTenantDataKey, openTenantCipher } from "../../../platform/secrets/index.ts";
import { addPerson } from "../testing/factor-steps.ts";
import { MASTER_KEY, OWNER, openHouse } from "../testing/house.ts";
import { sealPersonal } from "./personal-data.ts";

const PHONE = "+33612345678";

test("who sees only how a number ends finds nobody by the whole of it", async () => {
  await using house = await openHouse();
  const owner = await house.owner();
  const [row] = await house.query("select id, tenant_id from people");
  const { id, tenant_id } = row as { readonly id: string; readonly tenant_id: string };
  const wrapped = newTenantDataKey(MASTER_KEY, tenant_id, systemRandom);
  await house.query("update tenants set data_key = $1", [Buffer.from(wrapped)]);
  const cipher = openTenantCipher(MASTER_KEY, tenant_id, wrapped, systemRandom);
  const sealed = sealPersonal(cipher, id, { phone: PHONE });
  await house.query("update people set phone = $1, phone_index = $2", [sealed.phone, sealed.phone_index]);
  const auditor = house.browser();
  const body = await addPerson(house, "bob@example.org", "auditor");
  expect((await auditor.call(accounts.login, { body })).status).toBe(200);
  const namesFor = async (browser: typeof owner, q: string) =>
    (await browser.call(accounts.listPeople, { query: { q } })).body.items.map(
      ({ name }: { name: string }) => name,
    );
  expect(await namesFor(owner, PHONE)).toEqual([OWNER.name]);
  expect(await namesFor(auditor, PHONE)).toEqual([]);
  expect(await namesFor(auditor, "ada")).toEqual([OWNER.name]);
});
