import { DomainError, type Id, isId, parseId } from '@personr/kernel';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';

/** `?limit=1..200&cursor=`. */
export class PageQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 200, default: 50 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit = 50;

  @ApiPropertyOptional({ description: 'The `nextCursor` of the page before.' })
  @IsOptional()
  @IsString()
  cursor?: string;
}

/** A page of a list, newest first. `nextCursor` is null on the last. */
export type Page<Item> = { readonly items: readonly Item[]; readonly nextCursor: string | null };

/** Reads a cursor. Null for the first page. Throws `CURSOR_MALFORMED`. */
export function afterOf<Kind extends string>({ cursor }: PageQuery): Id<Kind> | null {
  if (cursor === undefined) return null;
  const id = Buffer.from(cursor, 'base64url').toString('latin1');
  if (!isId(id)) throw new DomainError('CURSOR_MALFORMED', 'The cursor is not one that a list gave.');
  return parseId(id);
}

/** Makes a page of what was found when one more than `limit` was asked for. */
export function pageOf<Found extends { id: string }, Item>(
  found: readonly Found[],
  { limit }: PageQuery,
  toItem: (found: Found) => Item,
): Page<Item> {
  const shown = found.slice(0, limit);
  const last = found.length > limit ? shown.at(-1) : undefined;
  return {
    items: shown.map(toItem),
    nextCursor: last === undefined ? null : cursorOf(last.id),
  };
}

/** The cursor of the page after this id. */
export const cursorOf = (id: string): string => Buffer.from(id, 'latin1').toString('base64url');
