import { type Document, isMap, isSeq, type Node, parseDocument, visit } from 'yaml';
import { TurnoutError } from '../contract/errors.ts';
import type { IdentityRules } from '../contract/identity.ts';
import type { SourceRule } from '../contract/source-groups.ts';

/** Rules as text: a new file has a head that explains it; in an old one only the rules change, lists and comments stay. */

const LINE_WIDTH = 120;
const LONGEST_ON_ONE_LINE = 100;

const SOURCE_GROUPS_HEAD = `# Groups of traffic sources: rules are tried from the top, the first that fits wins, what none fits is "Unassigned".
# Written on the page "Source groups"; lists of your own may stand here too, and replace those of the same name.
version: 1
`;

const IDENTITY_HEAD = `# How attendance is joined to registrations, and which addresses are one person.
# Written on the page "People matching".
version: 1
`;

/** The workspace's source_groups.yaml with other rules; null goes back to the packs' and keeps the lists. @param before the file as it is */
export function sourceGroupsText(before: string | null, rules: readonly SourceRule[] | null): string {
  const document = readFile('source_groups.yaml', before ?? SOURCE_GROUPS_HEAD);
  if (rules === null) document.delete('rules');
  else document.set('rules', inFlow(document.createNode(rules)));
  return document.toString({ lineWidth: LINE_WIDTH });
}

/** The workspace's identity.yaml with other rules. @param before the file as it is */
export function identityText(before: string | null, rules: IdentityRules): string {
  const document = readFile('identity.yaml', before ?? IDENTITY_HEAD);
  for (const [key, value] of Object.entries(rules)) {
    const node = document.createNode(value);
    visit(node, {
      Seq(_, seq) {
        seq.flow = true;
      },
    });
    document.set(key, node);
  }
  return document.toString({ lineWidth: LINE_WIDTH });
}

function readFile(path: string, text: string): Document {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isMap(document.contents))
    throw new TurnoutError(
      'conflict',
      `The file ${path} was changed by hand and cannot be read. Mend it, or remove it, and save again.`,
    );
  return document;
}

/** Short rules on one line, the conditions of long ones. */
function inFlow(rules: Node): Node {
  if (!isSeq(rules)) return rules;
  for (const rule of rules.items) {
    if (!isMap(rule)) continue;
    const when = rule.get('when');
    if (JSON.stringify(rule).length <= LONGEST_ON_ONE_LINE) rule.flow = true;
    else if (isSeq(when)) for (const condition of when.items) if (isMap(condition)) condition.flow = true;
  }
  return rules;
}
