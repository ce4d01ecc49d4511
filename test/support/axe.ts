import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Violations as short lines; `target-size` is off by default in axe and switched on here. A tile that is just being asked anew is
 * dimmed for a moment: what is found then is looked at again.
 */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  for (let looks = 1; ; looks++) {
    const violations = await lookOnce(page);
    if (violations.length === 0 || looks === 3) return violations;
    await page.waitForTimeout(1_000);
  }
}

function lookOnce(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: {
        run(
          context: Document,
          options: object,
        ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run(document, {
      rules: { 'target-size': { enabled: true } },
      resultTypes: ['violations'],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.slice(0, 5).map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary?.slice(0, 200) ?? ''}`),
    );
  });
}
