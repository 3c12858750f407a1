import { complaintAnswered } from '../../events/complaint/complaint-answered.v1.ts';
import { complaintDecided } from '../../events/complaint/complaint-decided.v1.ts';
import { complaintOpened } from '../../events/complaint/complaint-opened.v1.ts';
import { complaintRated } from '../../events/complaint/complaint-rated.v1.ts';
import {
  andAttention,
  type Binding,
  type DomainSpec,
  erasedMembers,
  inboxClaims,
  keeping,
  policies,
  table,
} from '../constructs/wiring.ts';

const facts: Binding[] = [table('reputation', 'BatchGetItem', 'PutItem'), policies(), inboxClaims, ...keeping];

export const complaint: DomainSpec = {
  domain: 'complaint',
  stack: 'reputation',
  http: {
    name: 'complaint-http',
    entry: 'functions/complaint/http.ts',
    routes: [
      { method: 'POST', path: '/v1/complaints' },
      { method: 'GET', path: '/v1/complaints/{id}' },
      { method: 'POST', path: '/v1/complaints/{id}/investigation' },
      { method: 'POST', path: '/v1/complaints/{id}/answers' },
      { method: 'POST', path: '/v1/complaints/{id}/decision' },
      { method: 'POST', path: '/v1/complaints/{id}/appeal' },
      { method: 'POST', path: '/v1/complaints/{id}/rating' },
      { method: 'GET', path: '/v1/desk/complaints' },
    ],
    binds: [andAttention(table('reputation', 'BatchGetItem', 'PutItem')), policies(), ...keeping, erasedMembers],
  },
  reactions: [
    {
      name: 'complaint-opened',
      entry: 'functions/complaint/on-complaint-opened.ts',
      on: complaintOpened,
      binds: facts,
    },
    {
      name: 'complaint-answered',
      entry: 'functions/complaint/on-complaint-answered.ts',
      on: complaintAnswered,
      binds: facts,
    },
    {
      name: 'complaint-decided',
      entry: 'functions/complaint/on-complaint-decided.ts',
      on: complaintDecided,
      binds: facts,
    },
    { name: 'complaint-rated', entry: 'functions/complaint/on-complaint-rated.ts', on: complaintRated, binds: facts },
  ],
  scheduledReactions: [
    {
      name: 'complaint-due',
      entry: 'functions/complaint/tell-due.ts',
      everyHours: 1,
      binds: [table('reputation', 'BatchGetItem', 'Query', 'PutItem', 'DeleteItem')],
    },
  ],
};
