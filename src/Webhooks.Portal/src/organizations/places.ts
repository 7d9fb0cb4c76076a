const base = import.meta.env.BASE_URL.replace(/\/$/, '');

const inOrganization = new RegExp(
  `^${base}/organization/([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(?=/|$)`,
);

/** The organization that an operator looks at, which the address begins with; undefined for the token's own. */
export const organizationIn = (path: string): string | undefined => inOrganization.exec(path)?.[1];

/** What every address of an organization begins with; of the token's own without one. */
export const baseOf = (organization: string | undefined): string =>
  organization === undefined ? base : `${base}/organization/${organization}`;

/** The address of an organization, from wherever one is. */
export const placeOf = (organization: string, path = '/'): string => `~${baseOf(organization)}${path}`;
