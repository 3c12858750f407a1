import type { S3Client } from '@aws-sdk/client-s3';
import type { LakeEngine } from './lake-engine.ts';

export type LakePlace = {
  s3: S3Client;
  bucket: string;
  /** Where files of the lake are kept between two runs on one machine. */
  directory: string;
  /** The work group and the database of Athena; empty where there is none. */
  athena: { workGroup: string; database: string };
  /** The first day of arrival that is of interest; without it all of them are. */
  fromDay: string | undefined;
};

/** The lake with what aggregates it: Athena where the stage has a work group, else DuckDB in this process. Each is loaded only where it is used. */
export async function openLake({ s3, bucket, directory, athena, fromDay }: LakePlace): Promise<LakeEngine> {
  if (athena.workGroup !== '') {
    const { athenaLake } = await import('./athena-lake.ts');
    return athenaLake({ ...athena, fromDay });
  }
  const [{ fetchLake }, { duckDbLake }] = await Promise.all([import('./lake-objects.ts'), import('./duckdb-lake.ts')]);
  return duckDbLake(await fetchLake(s3, { bucket, directory, fromDay }), directory);
}
