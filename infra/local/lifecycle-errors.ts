/** Why the runtime cannot start, in one line for a person at a terminal. */
export class StartError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.name = 'StartError';
    this.exitCode = exitCode;
  }
}

/** Waiting for everything to be done makes no sense any more: the runtime stops, and what is left is kept. */
export class StoppingError extends Error {
  constructor() {
    super('The backend is stopping; what is left is done after the next start');
    this.name = 'StoppingError';
  }
}
