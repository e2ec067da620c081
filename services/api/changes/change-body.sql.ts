/**
 * A change as JSON text, put together by Postgres from its columns: ids and closed lists hold nothing that JSON escapes.
 * The same bytes as `renderChange` gives, which a test holds.
 */
export const CHANGE_BODY = `
    '{"id":"' || id
    || '","actor":"' || actor
    || '","dossier":"' || dossier
    || '","matter":"' || matter
    || '","facet":"' || facet
    || '","kind":"' || kind
    || '","from":' || coalesce('"' || from_value || '"', 'null')
    || ',"to":' || coalesce('"' || to_value || '"', 'null')
    || ',"order":' || coalesce('"' || claim_order || '"', 'null')
    || ',"statement":"' || statement_id
    || '","validFrom":"' || valid_from
    || '","entailedFrom":' || coalesce('"' || entailed_from || '"', 'null')
    || ',"reversesEarlier":' || reverses_earlier
    || ',"revision":' || revision
    || ',"revoked":' || revoked
    || '}'`

/** A conflict as JSON text; the same bytes as `renderConflict` gives. */
export const CONFLICT_BODY = `
    '{"id":"' || id
    || '","actor":"' || actor
    || '","dossier":"' || dossier
    || '","kind":"' || kind
    || '","facet":"' || facet
    || '","matters":["' || array_to_string(matters, '","')
    || '"],"statements":["' || array_to_string(statement_ids, '","')
    || '"],"validFrom":"' || valid_from
    || '","settledBy":' || coalesce('"' || settled_by || '"', 'null')
    || ',"revision":' || revision
    || ',"revoked":' || revoked
    || '}'`
