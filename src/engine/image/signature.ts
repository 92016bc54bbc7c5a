import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from 'node:crypto';

/** Ed25519 keys (RFC 8032) as PEM texts: PKCS #8 and SubjectPublicKeyInfo. */
export interface SigningKeys {
  readonly privateKey: string;
  readonly publicKey: string;
}

export function makeSigningKeys(): SigningKeys {
  return generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}

/** @returns the signature of 64 bytes over `bytes` as they are */
export function signatureOf(bytes: Uint8Array, privateKey: string): Uint8Array {
  return sign(null, bytes, createPrivateKey(privateKey));
}

/** Whether the holder of the private key signed just these bytes. */
export function isSignedBy(publicKey: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  return verify(null, bytes, createPublicKey(publicKey), signature);
}

/** SHA-256 of the public key's DER form in hex: short enough to be compared by people. */
export function fingerprintOf(publicKey: string): string {
  return createHash('sha256')
    .update(createPublicKey(publicKey).export({ type: 'spki', format: 'der' }))
    .digest('hex');
}
