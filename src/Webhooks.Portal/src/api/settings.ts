/** What an installation tells its portal; there are no secrets in it. */
export interface Settings {
  /** The API's path. */
  api: string;
  version: string;
  oidc: { authority: string; client_id: string; scope: string; audience: string | null } | null;
  /** Where the host product gives people a new link. */
  refresh_url: string | null;
}

/** Reads the settings; those of the link's organization when there is a link. */
export async function readSettings(sessionId: string | undefined): Promise<Settings> {
  const query = sessionId === undefined ? '' : `?session=${encodeURIComponent(sessionId)}`;
  const answer = await fetch(`${import.meta.env.BASE_URL}settings.json${query}`);
  if (!answer.ok) {
    throw new Error(`The portal's settings are answered with ${answer.status}.`);
  }

  return (await answer.json()) as Settings;
}
