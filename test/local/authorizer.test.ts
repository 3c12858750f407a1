import { generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Issuer } from '../../infra/local/issuer.ts';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import { fixtureStacks } from './fixture/stacks.ts';

const good = { sub: 'service', scope: 'desk', iss: 'https://issuer.example', aud: 'fixture-audience' };

describe('the authorizer', () => {
  let runtime: Runtime;
  let valid: string;
  beforeAll(async () => {
    runtime = await createRuntime({ stacks: fixtureStacks() });
    valid = await runtime.token({ scope: 'desk' });
  });
  afterAll(() => runtime.stop());

  const call = (authorization: string | undefined) =>
    fetch(`${runtime.url}/v1/secured`, {
      method: 'POST',
      headers: authorization === undefined ? {} : { authorization },
    });

  const signedElsewhere = async (claims: JWTPayload): Promise<string> => {
    const { privateKey } = await generateKeyPair('RS256');
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'local' })
      .setExpirationTime('1h')
      .sign(privateKey);
  };

  it('lets a valid token in, with and without the word Bearer', async () => {
    expect((await call(`Bearer ${valid}`)).status).toBe(200);
    expect((await call(`bearer ${valid}`)).status).toBe(200);
  });

  const [head = '', body = '', signature = ''] = ['a', 'b', 'c'];
  it.each<[string, () => Promise<string | undefined> | string | undefined]>([
    ['no header', () => undefined],
    ['garbage', () => 'Bearer garbage'],
    ['three parts of garbage', () => `Bearer ${head}.${body}.${signature}`],
    ['another scheme', () => `Basic ${Buffer.from('a:b').toString('base64')}`],
    [
      'a changed payload',
      () => `Bearer ${valid.replace(/\.(.*)\./, `.${Buffer.from(JSON.stringify(good)).toString('base64url')}.`)}`,
    ],
    ['no signature', () => `Bearer ${valid.replace(/[^.]+$/, '')}`],
    ['alg none', () => `Bearer ${new UnsecuredJWT(good).setExpirationTime('1h').encode()}`],
    ['the key of another issuer', async () => `Bearer ${await signedElsewhere(good)}`],
  ])('answers 401 for %s', async (_name, authorization) => {
    const response = await call(await authorization());
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toMatchObject({
      type: expect.any(String),
      title: expect.any(String),
      status: 401,
      detail: expect.any(String),
      code: 'unauthorized',
    });
  });
});

describe('a token of the issuer itself', () => {
  const authorizer = { issuer: good.iss, audience: [good.aud] };

  it('is good for its issuer and audience alone', async () => {
    const issuer = await Issuer.open(undefined);
    const token = await issuer.sign({ scope: 'desk', member: 'm1' }, authorizer);
    expect(await issuer.verify(token, authorizer)).toMatchObject({ sub: 'm1', scope: 'desk' });
    expect(await issuer.verify(token, { ...authorizer, audience: ['another'] })).toBeUndefined();
    expect(await issuer.verify(token, { ...authorizer, issuer: 'https://another.example' })).toBeUndefined();
  });

  it('is no good once it has expired, or before its time, or without an end', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const issuer = await Issuer.from(privateKey, publicKey);
    const sign = (change: (token: SignJWT) => SignJWT): Promise<string> =>
      change(new SignJWT(good)).setProtectedHeader({ alg: 'RS256', kid: 'local' }).sign(privateKey);
    expect(await issuer.verify(await sign((token) => token.setExpirationTime('1h')), authorizer)).toBeDefined();
    expect(await issuer.verify(await sign((token) => token.setExpirationTime('-1s')), authorizer)).toBeUndefined();
    const early = await sign((token) => token.setExpirationTime('2h').setNotBefore('1h'));
    expect(await issuer.verify(early, authorizer)).toBeUndefined();
    expect(await issuer.verify(await sign((token) => token), authorizer)).toBeUndefined();
  });
});
