import { deleteMember } from './delete-member.ts';
import { getErasure } from './get-erasure.ts';
import { getExport } from './get-export.ts';
import { postAgain } from './post-again.ts';

export const routes = [getExport, deleteMember, getErasure, postAgain];
