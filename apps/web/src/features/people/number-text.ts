/** Whether what was typed is a phone or identity number: it is asked for in a body and stands in no address. */
export const isNumberText = (text: string): boolean =>
  /^[A-Za-z]{0,3}[+(]?\d[\d\s()./-]{4,}[A-Za-z]?$/.test(text);
