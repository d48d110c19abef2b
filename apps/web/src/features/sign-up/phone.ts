/** With the country code (E.164), as the server takes it: what people type between the digits is welcome. */
export const isPhone = (phone: string): boolean => /^\+[1-9][0-9 .()/-]{6,30}$/.test(phone.trim());

export const isEmail = (email: string): boolean => /^[^\s@]+@[^\s@]+$/.test(email.trim());
