/** Stands where the id of a member stood who has been erased. No id of a shop's can be this: `#` is none of its characters. */
export const ERASED = '#erased';
