export function readDocument(server: string): Promise<unknown>;
