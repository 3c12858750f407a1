/**
 * As much of CloudWatch's metric math as our alarms use: figures and names, `+ - * /`, comparisons, `FILL(metric, value)` and `IF(condition, then, else)`.
 * What was not measured is no figure, and neither is what is worked out with it.
 */

type Value = number | undefined;
type Values = (id: string) => Value;

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z]\w*)|(>=|<=|==|!=|[-+*/()<>,]))/y;

export class MathError extends Error {}

/**
 * The value of an expression.
 * @throws MathError for what is not known here
 */
export function evaluateMath(expression: string, values: Values): Value {
  const tokens = tokensOf(expression);
  let at = 0;
  const peek = () => tokens[at];
  const take = () => tokens[at++];
  const expect = (symbol: string): void => {
    if (take() !== symbol) throw new MathError(`${expression}: ${symbol} is missing`);
  };
  const list = (): Value[] => {
    const found: Value[] = [];
    do found.push(comparison());
    while (peek() === ',' && take() !== undefined);
    expect(')');
    return found;
  };
  const atom = (): Value => {
    const token = take();
    if (token === undefined) throw new MathError(`${expression}: it ends too early`);
    if (token === '(') return list()[0];
    if (token === '-') return apply('-', 0, atom());
    if (/^\d/.test(token)) return Number(token);
    if (!/^[A-Za-z]/.test(token)) throw new MathError(`${expression}: ${token} does not belong there`);
    if (peek() !== '(') return values(token);
    take();
    return call(token, list(), expression);
  };
  const level = (next: () => Value, operators: readonly string[]) => (): Value => {
    let left = next();
    for (let operator = peek(); operator !== undefined && operators.includes(operator); operator = peek()) {
      take();
      left = apply(operator, left, next());
    }
    return left;
  };
  const product = level(atom, ['*', '/']);
  const sum = level(product, ['+', '-']);
  const comparison: () => Value = level(sum, ['>=', '<=', '>', '<', '==', '!=']);
  const value = comparison();
  if (at < tokens.length) throw new MathError(`${expression}: ${peek()} does not belong there`);
  return value;
}

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.trimEnd().length) {
    const from = TOKEN.lastIndex;
    const found = TOKEN.exec(expression);
    if (found === null) throw new MathError(`${expression}: ${expression.slice(from)} is not known here`);
    tokens.push(found[1] ?? found[2] ?? found[3] ?? '');
  }
  return tokens;
}

function call(name: string, given: readonly Value[], expression: string): Value {
  const [first, second, third] = given;
  if (name === 'FILL' && given.length === 2) return first ?? second;
  if (name === 'IF' && given.length === 3) return first === undefined ? undefined : first !== 0 ? second : third;
  throw new MathError(`${expression}: ${name} with ${given.length} values is not known here`);
}

function apply(operator: string, left: Value, right: Value): Value {
  if (left === undefined || right === undefined) return undefined;
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? undefined : left / right;
    case '>=':
      return Number(left >= right);
    case '<=':
      return Number(left <= right);
    case '>':
      return Number(left > right);
    case '<':
      return Number(left < right);
    case '==':
      return Number(left === right);
    default:
      return Number(left !== right);
  }
}
