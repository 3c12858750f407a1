import { type CryptoKey, exportSPKI, generateKeyPair, importJWK, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import type { AuthorizerModel } from '../../infra/local/wiring/model.ts';

export type TokenClaims = { scope: string; sub: string };

/** Ways to make a token that the gateway must not take, and the one way to make one that it must. */
export type Forger = {
  right(claims: TokenClaims): Promise<string>;
  /** Each says what it is; all of them carry claims that would do. */
  wrong: Readonly<Record<string, (claims: TokenClaims) => Promise<string>>>;
};

/** Makes tokens with the issuer's own key, and with others. */
export async function openForger(privateJwk: JWK, { issuer, audience }: AuthorizerModel): Promise<Forger> {
  const { kty, n, e } = privateJwk;
  if (kty !== 'RSA' || n === undefined || e === undefined) throw new Error('The issuer has no RSA key');
  const key = (await importJWK(privateJwk, 'RS256')) as CryptoKey;
  const publicKey = (await importJWK({ kty, n, e }, 'RS256', { extractable: true })) as CryptoKey;
  const publicPem = new TextEncoder().encode(await exportSPKI(publicKey));
  const { privateKey: another } = await generateKeyPair('RS256');
  const hour = 3_600;
  const now = (): number => Math.floor(Date.now() / 1_000);
  const token = (claims: TokenClaims, parts: { issuer?: string; audience?: string[]; expires?: number } = {}) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'local', typ: 'JWT' })
      .setIssuer(parts.issuer ?? issuer)
      .setAudience(parts.audience ?? [...audience])
      .setIssuedAt(now() - 2 * hour)
      .setExpirationTime(parts.expires ?? now() + hour);
  const swap = (signed: string, claims: object): string => {
    const [header = '', , signature = ''] = signed.split('.');
    return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
  };
  return {
    right: (claims) => token(claims).sign(key),
    wrong: {
      'an expired token': (claims) => token(claims, { expires: now() - hour }).sign(key),
      'a token for another audience': (claims) => token(claims, { audience: ['another-shop'] }).sign(key),
      'a token of another issuer': (claims) => token(claims, { issuer: 'https://elsewhere.example/' }).sign(key),
      'a token of another key': (claims) => token(claims).sign(another),
      'a token that is not signed': async (claims) =>
        new UnsecuredJWT(claims)
          .setIssuer(issuer)
          .setAudience([...audience])
          .setExpirationTime('1h')
          .encode(),
      'a token signed with the public key': (claims) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256', kid: 'local', typ: 'JWT' })
          .setIssuer(issuer)
          .setAudience([...audience])
          .setExpirationTime('1h')
          .sign(publicPem),
      'a token whose claims were changed': async (claims) => {
        const signed = await token({ ...claims, scope: 'none' }).sign(key);
        return swap(signed, { ...claims, iss: issuer, aud: [...audience], exp: now() + hour });
      },
      'a token that never expires': (claims) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'RS256', kid: 'local', typ: 'JWT' })
          .setIssuer(issuer)
          .setAudience([...audience])
          .sign(key),
      'no token but a word': async () => 'let-me-in',
    },
  };
}
