/** "1 frame", "2 frames". */
export const several = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
