/**
 * The issuer of tokens for one machine: an RSA key of its own, published as a JWKS like that of any other issuer. Its
 * tokens carry the issuer and audience that the authorizer in the templates asks for, so the authorizer itself is
 * checked as it will be deployed; only the key is found here instead of at the issuer's address.
 *
 * Tokens live in real time, whatever the backend's clock says.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import {
  type CryptoKey,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';
import type { AuthorizerModel } from './wiring/model.ts';

const ALGORITHM = 'RS256';
export const TOKEN_LIFETIME_SECONDS = 12 * 3600;

export type TokenRequest = {
  /** Space separated. */
  scope: string;
  /** The `sub` of a member's token; a service's token has the sub `service`. */
  member?: string;
};

export class Issuer {
  readonly jwks: JSONWebKeySet;
  readonly #key: CryptoKey | Uint8Array;
  readonly #keys: ReturnType<typeof createLocalJWKSet>;
  readonly #keyId: string;

  private constructor(key: CryptoKey | Uint8Array, publicKey: JWK, keyId: string) {
    this.#key = key;
    this.#keyId = keyId;
    this.jwks = { keys: [publicKey] };
    this.#keys = createLocalJWKSet(this.jwks);
  }

  /**
   * Opens the issuer.
   * @param file where its private key is kept, readable by the owner alone; undefined makes one that is not kept
   */
  static async open(file: string | undefined): Promise<Issuer> {
    const privateKey = readKey(file) ?? (await newKey(file));
    const keyId = 'local';
    const { kty, n, e } = privateKey;
    if (kty === undefined || n === undefined || e === undefined) throw new Error('The key of the issuer is no RSA key');
    const publicKey: JWK = { kty, n, e, kid: keyId, alg: ALGORITHM, use: 'sig' };
    return new Issuer(await importJWK(privateKey, ALGORITHM), publicKey, keyId);
  }

  /** A signed token that the authorizer accepts. */
  async sign({ scope, member }: TokenRequest, { issuer, audience }: AuthorizerModel): Promise<string> {
    return new SignJWT({ scope })
      .setProtectedHeader({ alg: ALGORITHM, kid: this.#keyId, typ: 'JWT' })
      .setSubject(member ?? 'service')
      .setIssuer(issuer)
      .setAudience([...audience])
      .setIssuedAt()
      .setExpirationTime(`${TOKEN_LIFETIME_SECONDS}s`)
      .sign(this.#key);
  }

  /** The claims of a token that is signed by this issuer, for this audience, and valid now; undefined for any other. */
  async verify(token: string, { issuer, audience }: AuthorizerModel): Promise<JWTPayload | undefined> {
    try {
      const options = { issuer, audience: [...audience], algorithms: [ALGORITHM], requiredClaims: ['exp'] };
      return (await jwtVerify(token, this.#keys, options)).payload;
    } catch {
      return undefined;
    }
  }
}

function readKey(file: string | undefined): JWK | undefined {
  if (file === undefined) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JWK;
  } catch {
    return undefined;
  }
}

async function newKey(file: string | undefined): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { modulusLength: 2048, extractable: true });
  const key = await exportJWK(privateKey);
  if (file !== undefined) writeFileSync(file, JSON.stringify(key), { mode: 0o600 });
  return key;
}
