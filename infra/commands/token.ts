/** `npm run -s token`: a token from the issuer of the running local backend, and nothing else on the output. */
import { parseArgs } from 'node:util';
import { UsageError } from './usage-error.ts';

const help = `Usage: npm run -s token -- --scope "events:write members:read" [--member ID] [--url URL]

Prints a token from the running local backend.

  --scope <scopes>   what the token may do, separated by spaces (with --member, the default is "member")
  --member <id>      makes it the token of this member; with a scope of services, of this person at the desk
  --url <url>        where the backend runs (default http://127.0.0.1:4000)
  --help             show this
`;

type Request = { help: boolean; url: string; scope?: string; member?: string };

function read(args: readonly string[]): Request {
  const { values } = parseOptions(args);
  if (values.help) return { help: true, url: values.url };
  if (values.scope === undefined && values.member === undefined) {
    throw new UsageError('Say what the token may do: --scope "events:write members:read", or --member ID');
  }
  if (!URL.canParse(values.url))
    throw new UsageError(`--url takes an address such as http://127.0.0.1:4000, not "${values.url}"`);
  return {
    help: false,
    url: values.url,
    ...(values.scope === undefined ? {} : { scope: values.scope }),
    ...(values.member === undefined ? {} : { member: values.member }),
  };
}

function parseOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        scope: { type: 'string' },
        member: { type: 'string' },
        url: { type: 'string', default: 'http://127.0.0.1:4000' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function ask({ url, scope, member }: Request): Promise<string> {
  let response: Response;
  try {
    response = await fetch(new URL('/local/token', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ scope, member }),
    });
  } catch {
    throw new Error(`No local backend answers at ${url}; start one with npm start`);
  }
  const answer = (await response.json().catch(() => ({}))) as { token?: unknown; detail?: unknown };
  if (typeof answer.token !== 'string') {
    throw new Error(`The backend at ${url} gave no token: ${String(answer.detail ?? response.status)}`);
  }
  return answer.token;
}

try {
  const request = read(process.argv.slice(2));
  process.stdout.write(request.help ? help : `${await ask(request)}\n`);
} catch (error) {
  const usage = error instanceof UsageError;
  const [message] = (error instanceof Error ? error.message : String(error)).split('\n');
  process.stderr.write(`${message}${usage ? ' (--help shows what there is)' : ''}\n`);
  process.exitCode = usage ? 2 : 1;
}
