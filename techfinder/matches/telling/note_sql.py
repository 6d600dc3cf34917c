"""Whom the matches that were put before people are told to, in one statement.

It says how many rows it wrote, and which matches it left out: those of requests without a person but with an address.
"""

# A school asked and waits: its first matches come at once. A company that wants one mail a week gets that, and one that
# said no to a request hears no more of it. A new offer rests, but for who asked shortly before it came: it may be all
# that is found, and then she hears nothing else. OFFSET 0 keeps the planner at a look for each match: where nobody was
# told of anything yet it reads all notifications for each request.
NOTE = """
    WITH came AS (
        SELECT match.id, match.request_id, activity.provider_id, COALESCE(request.contact_id, named.id) AS contact_id,
            request.contact_email, request.confirmed_at,
            CASE WHEN activity.published_at > COALESCE(request.confirmed_at, request.created_at) + %(just)s::interval
                THEN GREATEST(activity.published_at + %(rest)s, %(now)s) ELSE %(now)s END AS rested_at
        FROM matches_match AS match
        JOIN activities_activity AS activity ON activity.id = match.activity_id
        JOIN requests_request AS request ON request.id = match.request_id
        LEFT JOIN unnest(%(requests)s::bigint[], %(people)s::bigint[]) AS named(request_id, id)
            ON named.request_id = request.id
        WHERE match.id = ANY(%(ids)s) AND match.state = 'open' AND match.placed_at IS NOT NULL
    ),
    put AS (SELECT * FROM came WHERE contact_id IS NOT NULL OR contact_email = ''),
    asked AS MATERIALIZED (
        SELECT request_id, NOT EXISTS (
            SELECT FROM matches_match AS other WHERE other.request_id = put.request_id AND EXISTS (
                SELECT FROM matches_notification AS told WHERE told.match_id = other.id AND told.told_at IS NOT NULL
                OFFSET 0
            )
        ) AS is_first
        FROM (SELECT DISTINCT request_id FROM put) AS put
    ),
    person AS (
        SELECT contact_id AS id, 'school' AS side, put.id AS match_id, request_id, rested_at AS due_at,
            confirmed_at > %(now)s - %(just)s::interval AS has_just_posted
        FROM put WHERE contact_id IS NOT NULL
        UNION ALL
        SELECT membership.user_id, 'provider', put.id, request_id, %(now)s, false FROM put
        JOIN organisations_membership AS membership
            ON membership.provider_id = put.provider_id AND membership.status = 'active'
        WHERE NOT EXISTS (
            SELECT 1 FROM matches_match AS refused
            JOIN activities_activity AS theirs ON theirs.id = refused.activity_id
            WHERE refused.request_id = put.request_id AND refused.state = 'withdrawn'
                AND theirs.provider_id = put.provider_id
        )
    ),
    written AS (
        INSERT INTO matches_notification AS known (recipient_id, side, match_id, created_at, due_at, is_answer, at_once)
        SELECT person.id, person.side, person.match_id, %(now)s, person.due_at,
            asked.is_first AND coalesce(person.has_just_posted, false), CASE coalesce(chosen.matches, 'daily')
            WHEN 'instant' THEN true
            WHEN 'none' THEN false
            ELSE asked.is_first AND (person.side = 'school' OR coalesce(chosen.matches, 'daily') = 'daily') END
        FROM person JOIN asked USING (request_id) JOIN accounts_user AS account ON account.id = person.id
        LEFT JOIN mail_mailpreferences AS chosen ON chosen.email = account.email
        ORDER BY person.match_id, person.side, person.id
        ON CONFLICT (recipient_id, side, match_id) DO UPDATE SET at_once = known.at_once OR EXCLUDED.at_once
            WHERE known.told_at IS NULL
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM written), ARRAY(SELECT id FROM came EXCEPT SELECT id FROM put ORDER BY id)
"""
