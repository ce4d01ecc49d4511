import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { identityFile } from '../../contract/identity.ts';
import { sourceRule } from '../../contract/source-groups.ts';
import { addRoute } from '../route.ts';
import type { Services } from '../services.ts';

const rules = z.strictObject({ rules: z.array(sourceRule).max(300) });

/** Rules that people change on pages: groups of traffic sources, and by what people are recognised. */
export function addSourceGroupRoutes(app: FastifyInstance, services: Services): void {
  const groups = () => services.current().sourceGroups;
  const identity = () => services.current().identityRules;

  addRoute(app, {
    method: 'GET',
    url: '/api/v1/source-groups',
    permission: 'read',
    summary: 'The rules of traffic sources that are in force, and how many registrations each group has.',
    answer: 'SourceGroupsInfo',
    handle: ({ signal }) => groups().info(signal),
  });
  addRoute(app, {
    method: 'POST',
    url: '/api/v1/source-groups/preview',
    permission: 'read',
    summary: 'What would move under other rules. Nothing is changed.',
    body: rules,
    answer: 'SourceGroupsPreview',
    handle: ({ body, signal }) => groups().preview(body.rules, signal),
  });
  addRoute(app, {
    method: 'PUT',
    url: '/api/v1/source-groups',
    permission: 'admin',
    summary: 'Writes rules of the workspace’s own; all registrations are sorted anew. 409 in the sample workspace.',
    body: rules,
    answer: 'SourceGroupsInfo',
    async handle({ body, principal, signal }) {
      await groups().save(body.rules, principal.name);
      return groups().info(signal);
    },
  });
  addRoute(app, {
    method: 'DELETE',
    url: '/api/v1/source-groups',
    permission: 'admin',
    summary: 'Goes back to the rules of the packs.',
    answer: 'SourceGroupsInfo',
    async handle({ principal, signal }) {
      await groups().reset(principal.name);
      return groups().info(signal);
    },
  });
  addRoute(app, {
    method: 'GET',
    url: '/api/v1/identity/rules',
    permission: 'read',
    summary: 'The rules by which people are recognised.',
    answer: 'IdentityRulesInfo',
    handle: () => identity().info(),
  });
  addRoute(app, {
    method: 'PUT',
    url: '/api/v1/identity/rules',
    permission: 'admin',
    summary: 'Writes other rules; attendance is matched anew for all time. 409 in the sample workspace.',
    body: z.strictObject({ rules: identityFile }),
    answer: 'IdentityRulesInfo',
    async handle({ body, principal }) {
      await identity().save(body.rules, principal.name);
      return identity().info();
    },
  });
}
