// webtorrent and bittorrent-tracker test for these names and do without WebRTC when they are undefined.
export const RTCPeerConnection = undefined;
export const RTCSessionDescription = undefined;
export const RTCIceCandidate = undefined;
