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
const KEY_ID = 'local';
export const TOKEN_LIFETIME_SECONDS = 12 * 3600;

export type TokenRequest = {
  /** Space separated. */
  scope: string;
  /** The `sub` of a member's token; a service's token has the sub `service`. */
  member?: string;
};

export class Issuer {
  readonly jwks: JSONWebKeySet;
  readonly #key: CryptoKey;
  readonly #keys: ReturnType<typeof createLocalJWKSet>;

  private constructor(key: CryptoKey, publicKey: JWK) {
    this.#key = key;
    this.jwks = { keys: [{ ...publicKey, kid: KEY_ID, alg: ALGORITHM, use: 'sig' }] };
    this.#keys = createLocalJWKSet(this.jwks);
  }

  /**
   * Opens the issuer.
   * @param file where its private key is kept, readable by the owner alone; undefined makes one that is not kept
   */
  static async open(file: string | undefined): Promise<Issuer> {
    const kept = readKey(file);
    if (kept !== undefined) {
      const { kty, n, e } = kept;
      const key = await importJWK(kept, ALGORITHM);
      if (key instanceof Uint8Array || kty !== 'RSA' || n === undefined || e === undefined) {
        throw new Error(`${file} holds no RSA key`);
      }
      return new Issuer(key, { kty, n, e });
    }
    const { privateKey, publicKey } = await generateKeyPair(ALGORITHM, { extractable: true });
    if (file !== undefined) writeFileSync(file, JSON.stringify(await exportJWK(privateKey)), { mode: 0o600 });
    return Issuer.from(privateKey, publicKey);
  }

  /** An issuer with a key of the caller's; the public one has to be extractable. */
  static async from(privateKey: CryptoKey, publicKey: CryptoKey): Promise<Issuer> {
    return new Issuer(privateKey, await exportJWK(publicKey));
  }

  /** A signed token that the authorizer accepts. */
  async sign({ scope, member }: TokenRequest, { issuer, audience }: AuthorizerModel): Promise<string> {
    return new SignJWT({ scope })
      .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID, typ: 'JWT' })
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
