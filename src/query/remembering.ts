/**
 * The same function with its latest answers remembered, for what a page asks again with each of its queries. What it gives must not
 * be changed by anybody.
 *
 * @param size answers that are remembered; the oldest go first
 * @param isSmall whether an answer is worth its memory
 */
export function remembering<Parts extends readonly (string | number)[], Answer>(
  size: number,
  compute: (...parts: Parts) => Answer,
  isSmall: (answer: Answer) => boolean = () => true,
): (...parts: Parts) => Answer {
  const answers = new Map<string, Answer>();
  return (...parts) => {
    const key = parts.join('\n');
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = compute(...parts);
    if (!isSmall(answer)) return answer;
    answers.set(key, answer);
    if (answers.size > size) {
      const [oldest] = answers.keys();
      if (oldest !== undefined) answers.delete(oldest);
    }
    return answer;
  };
}
