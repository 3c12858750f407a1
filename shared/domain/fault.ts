/**
 * An error whose message was written here and holds nothing of what came in, of any person or record: a log may say it. Of every other error a
 * log says the name and the place, because its message may repeat what it choked on.
 */
export class Fault extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Fault';
  }
}
