import { memberConsentChanged } from '../../events/member/member-consent-changed.v1.ts';
import { memberRegistered } from '../../events/member/member-registered.v1.ts';
import { memberUpdated } from '../../events/member/member-updated.v1.ts';
import {
  type Binding,
  type DomainSpec,
  erasedMembers,
  inboxClaims,
  keeping,
  opening,
  table,
} from '../constructs/wiring.ts';

const records: Binding[] = [table('profile', 'BatchGetItem', 'PutItem'), inboxClaims];
const facts: Binding[] = [...records, ...keeping];

export const member: DomainSpec = {
  domain: 'member',
  http: {
    name: 'member-http',
    entry: 'functions/member/http.ts',
    routes: [{ method: 'GET', path: '/v1/members/{id}' }],
    binds: [table('profile', 'BatchGetItem'), ...opening, erasedMembers],
  },
  reactions: [
    {
      name: 'member-registered',
      entry: 'functions/member/on-member-registered.ts',
      on: memberRegistered,
      binds: facts,
    },
    { name: 'member-updated', entry: 'functions/member/on-member-updated.ts', on: memberUpdated, binds: facts },
    {
      name: 'member-consent-changed',
      entry: 'functions/member/on-member-consent-changed.ts',
      on: memberConsentChanged,
      // A consent says nothing that would have to be sealed.
      binds: [...records, ...opening],
    },
  ],
};
