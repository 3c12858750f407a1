/** Measures one thing in a process of its own, so that its memory and its garbage are its own; prints it as JSON. */
import { measureServing } from './recommend-serving.ts';
import { measureTraining } from './recommend-training.ts';

const measures = { training: measureTraining, serving: measureServing };

const [what = '', options = '{}'] = process.argv.slice(2);
const measure = measures[what as keyof typeof measures];
process.stdout.write(JSON.stringify(measure(JSON.parse(options))));
