/** An issuer of tokens on this machine that is discovered as any other is: over HTTP, by OpenID Connect. */
import { createServer, type IncomingMessage } from 'node:http';
import { stageNames, stages } from '../config.ts';
import { readBody, sendJson, sendProblem } from '../local/http-body.ts';
import { Issuer, type TokenRequest } from '../local/issuer.ts';
import { closeServer, listen } from '../local/listen.ts';

export type IssuerServer = {
  /** The `iss` of its tokens; its keys are found below that. */
  issuer: string;
  /** A token for any stage of this app. */
  token(request: TokenRequest): Promise<string>;
  close(): Promise<void>;
};

const MAX_BODY_BYTES = 64 * 1024;

const noRequest = {
  status: 400,
  code: 'invalid_body',
  title: 'No request for a token',
  detail: 'Send {"scope": "events:write members:read"} or {"member": "some-member"}',
};
const notFound = {
  status: 404,
  code: 'not_found',
  title: 'Not found',
  detail: 'The issuer has its keys, its discovery document and POST /local/token',
};

/**
 * Serves an issuer with a key of its own on the loopback interface, and tokens to whoever asks `POST /local/token` for them
 * with `{scope, member?}`, as the local backend does.
 * @param port 0 for any free one
 */
export async function serveIssuer(port = 0): Promise<IssuerServer> {
  const signer = await Issuer.open(undefined);
  const documents = new Map<string, unknown>();
  const server = createServer((request, response) => {
    const route = `${request.method} ${request.url}`;
    if (route === 'POST /local/token') {
      requestIn(request)
        .then(async (asked) => {
          if (asked === undefined) return sendProblem(response, noRequest);
          sendJson(response, 200, { token: await token(asked) });
        })
        .catch(() => response.destroy());
      return;
    }
    const document = documents.get(route);
    if (document === undefined) sendProblem(response, notFound);
    else sendJson(response, 200, document);
  });
  const issuer = `http://127.0.0.1:${await listen(server, port)}/`;
  const audience = stageNames.map((name) => stages[name].jwt.audience);
  const token = (request: TokenRequest): Promise<string> => signer.sign(request, { issuer, audience });
  documents.set('GET /.well-known/openid-configuration', { issuer, jwks_uri: `${issuer}keys` });
  documents.set('GET /keys', signer.jwks);
  return { issuer, token, close: () => closeServer(server) };
}

/** What is asked for; undefined where that is no request for a token. */
async function requestIn(request: IncomingMessage): Promise<TokenRequest | undefined> {
  const body = await readBody(request, MAX_BODY_BYTES);
  try {
    const { scope, member } = JSON.parse(body?.toString('utf8') ?? '') as Record<string, unknown>;
    if (typeof scope === 'string') return { scope, ...(typeof member === 'string' && { member }) };
    return typeof member === 'string' ? { scope: 'member', member } : undefined;
  } catch {
    return undefined;
  }
}
