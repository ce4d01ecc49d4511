/** What a route asks for. A route without one does not register. */
export type Permission =
  /** Anyone who reaches the port: health, the page's own files. */
  | 'public'
  /** A service that proves itself by its signature. */
  | 'hook'
  /** Read numbers and the state of sources. */
  | 'read'
  /** Change what others rely on. */
  | 'admin';

export interface Principal {
  name: string;
  permissions: ReadonlySet<Permission>;
}

/** Until sign-in exists only this machine can connect (see host.ts), and whoever sits at it is the owner. */
export const LOCAL_OWNER: Principal = {
  name: 'local',
  permissions: new Set<Permission>(['public', 'hook', 'read', 'admin']),
};

export function isAllowed(principal: Principal, permission: Permission): boolean {
  return principal.permissions.has(permission);
}
