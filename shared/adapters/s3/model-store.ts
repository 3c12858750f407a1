import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { isModelVersion } from '../../domain/recommend/model-format.ts';

export type ModelStore = {
  /** Keeps a file under its version. A version is the hash of what is in it, so putting it again is the same. */
  put(version: string, bytes: Uint8Array): Promise<void>;
  /** The file of a version; undefined where there is none. */
  get(version: string): Promise<Uint8Array | undefined>;
  /** What is not there is removed already. */
  remove(version: string): Promise<void>;
};

/** The files of models, in a bucket. */
export function modelStore(client: S3Client, bucket: string): ModelStore {
  return {
    async put(version, bytes) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: keyOf(version), Body: bytes }));
    },

    async get(version) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(version) }));
        return await Body?.transformToByteArray();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },

    async remove(version) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(version) }));
    },
  };
}

function keyOf(version: string): string {
  if (!isModelVersion(version)) throw new TypeError(`${version} is no version of a model`);
  return `models/${version}.rapport`;
}
