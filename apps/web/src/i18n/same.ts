/** Exactly the keys of an English catalogue, with any text behind each: what a translation must be. */
export type Same<T> = { readonly [K in keyof T]: T[K] extends string ? string : Same<T[K]> };
