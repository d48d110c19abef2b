/** Log-ins and sessions are in the ledger, where a name can be erased and nobody can take an entry away. */
export const up = `
drop table access_log;
`;
