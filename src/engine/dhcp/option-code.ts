/** Options that we read or send: RFC 2132, 3004 (user class), 3046 (relay agent), 4578 (PXE), and iPXE's own. */
export const OPTION = {
  pad: 0,
  subnetMask: 1,
  router: 3,
  nameServer: 6,
  hostName: 12,
  domainName: 15,
  broadcastAddress: 28,
  vendorOptions: 43,
  requestedAddress: 50,
  leaseTime: 51,
  overload: 52,
  messageType: 53,
  serverIdentifier: 54,
  parameterList: 55,
  message: 56,
  mostMessageBytes: 57,
  vendorClass: 60,
  clientIdentifier: 61,
  tftpServerName: 66,
  bootFileName: 67,
  userClass: 77,
  relayAgent: 82,
  clientArchitecture: 93,
  clientInterface: 94,
  clientUuid: 97,
  ipxe: 175,
  end: 255,
} as const;

/** RFC 2132, 9.6: values of option 53. */
export const MESSAGE_TYPE = {
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  ack: 5,
  nak: 6,
  release: 7,
  inform: 8,
} as const;

export type MessageType = keyof typeof MESSAGE_TYPE;
