/** Questions to whoever sits at the terminal. */
import { createInterface } from 'node:readline/promises';

/** Asks, and says whether the answer is exactly the expected one; an answer that never comes is another one. */
export async function answers(question: string, expected: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    const answer = await Promise.race([terminal.question(question), ended]);
    return answer.trim() === expected;
  } finally {
    terminal.close();
  }
}
