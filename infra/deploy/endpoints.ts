/** Where a deployed stage is reached. */

/**
 * The address of the HTTP API. With an endpoint of one's own (`AWS_ENDPOINT_URL`), which is an emulator, the name that AWS
 * would serve it under leads nowhere: emulators answer below `/_aws/execute-api/<id>/<stage>`.
 */
export function apiAddress(url: string, endpoint: string | undefined): string {
  const address = url.replace(/\/+$/, '');
  if (endpoint === undefined || endpoint === '') return address;
  const { hostname } = new URL(address);
  const id = hostname.split('.', 1)[0];
  return `${endpoint.replace(/\/+$/, '')}/_aws/execute-api/${id}/$default`;
}

/** True for an address of this machine and no other. */
export function isLoopback(url: string | undefined): boolean {
  if (url === undefined || !URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** What a stage's stacks say of themselves, without what they only say to each other. */
export function spokenOutputs(outputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => !name.startsWith('ExportsOutput')));
}
