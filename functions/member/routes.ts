import { getMember } from './get-member.ts';

export const routes = [getMember];
