/** Stands in for TypeBox inside the contract in the browser (see vite.config.ts): every schema is one empty object. */
const SCHEMA = { properties: {} };

export const Type = new Proxy({}, { get: () => () => SCHEMA });
