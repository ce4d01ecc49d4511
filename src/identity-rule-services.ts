import { TurnoutError } from './contract/errors.ts';
import type { IdentityRuleServices } from './http/services.ts';
import { checkIdentityRules, IDENTITY_FILE, tidyIdentity } from './model/check-identity.ts';
import { checkOwnWorkspace, type RuleServicesOptions, readWorkspaceFile } from './source-group-services.ts';
import { recordAudit } from './store/audit.ts';
import { identityText } from './workspace/rule-files.ts';
import { changeWorkspace } from './workspace/write-files.ts';

/** The rules by which people are recognised: what holds, and other ones from now on. */
export function createIdentityRuleServices(options: Omit<RuleServicesOptions, 'run'>): IdentityRuleServices {
  return {
    info() {
      const { identity, ownIdentity } = options.current().loaded;
      return { rules: identity, own: ownIdentity };
    },
    async save(rules, actor) {
      const problems = checkIdentityRules(rules, (pointer, code, message, hint) => ({
        code,
        path: ['rules', ...pointer].join('.'),
        message,
        ...(hint === undefined ? {} : { hint }),
      }));
      if (problems.length > 0)
        throw new TurnoutError('invalid_request', problems.map(({ message }) => message).join(' '), problems);
      checkOwnWorkspace(options.sample, 'rules');
      const text = identityText(await readWorkspaceFile(options.workspaceFolder, IDENTITY_FILE), tidyIdentity(rules));
      await changeWorkspace(options, [{ path: IDENTITY_FILE, text }], { replace: true });
      const detail = 'The rules by which people are recognised were changed.';
      await recordAudit(options.control, { at: options.clock(), actor, action: 'identity.change', detail });
    },
  };
}
