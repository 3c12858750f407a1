/** What every call for a key of the vault says it is for; the grants of the functions ask for it. */
export const VAULT_PURPOSE = 'rapport-vault';
