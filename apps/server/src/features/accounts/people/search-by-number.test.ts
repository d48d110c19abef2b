import { systemRandom } from "@gatehouse/base";
import { accounts } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { newTenantDataKey, openTenantCipher } from "../../../platform/secrets/index.ts";
import { addPerson } from "../testing/factor-steps.ts";
import { MASTER_KEY, OWNER, openHouse } from "../testing/house.ts";
import { sealPersonal } from "./personal-data.ts";

const PHONE = "+33612345678";

test("a number is asked for in a body, whole, by those who see it; no search in an address finds it", async () => {
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
  const find = (browser: typeof owner, number: string) =>
    browser.call(accounts.findPeople, { body: { number } });
  const names = ({ body }: { readonly body: { readonly items: { readonly name: string }[] } }) =>
    body.items.map(({ name }) => name);
  expect(names(await find(owner, "+33 6 12 34 56 78"))).toEqual([OWNER.name]);
  for (const part of ["+3361234567", "5678", "06 12 34 56 78", "%", "ada"])
    expect([part, names(await find(owner, part))]).toEqual([part, []]);
  expect((await find(auditor, PHONE)).code).toBe("auth.forbidden");
  expect(names(await owner.call(accounts.listPeople, { query: { q: PHONE } }))).toEqual([]);
  expect(names(await auditor.call(accounts.listPeople, { query: { q: "ada" } }))).toEqual([OWNER.name]);
});
