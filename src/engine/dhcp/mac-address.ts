/** A hardware address as text: lower case, colons, such as `52:54:00:12:34:56`. */
export type MacAddress = string;

const ETHERNET_MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

export function macText(bytes: Uint8Array): MacAddress {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** Reads what people and programs write (`52-54-00-AB-CD-EF`, `5254.00ab.cdef`); undefined: no Ethernet address. */
export function parseMac(text: string): MacAddress | undefined {
  const digits = text.toLowerCase().replace(/[-:.]/g, '');
  const mac = digits.match(/../g)?.join(':') ?? '';
  return digits.length === 12 && ETHERNET_MAC.test(mac) ? mac : undefined;
}
