-- The nested answer as PostgreSQL writes it. row_to_json over rows takes two thirds of json_build_object's time;
-- what is one for each parent is a correlated subquery, so that nothing is built that is not asked for.
SELECT row_to_json(answer)::text FROM (SELECT (
  SELECT row_to_json(data) FROM (SELECT (
    SELECT row_to_json(connection) FROM (SELECT
      (SELECT coalesce(json_agg(quote), '[]') FROM (
        SELECT 'Quote_' || q.id AS id, q.order_id AS "orderId", q.status,
          to_char(q.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "createdAt",
          (SELECT row_to_json(requester) FROM (SELECT q.requester_email AS email, q.requester_name AS name) requester)
            AS requester,
          (SELECT coalesce(json_agg(item), '[]') FROM (
            SELECT 'QuoteItem_' || i.id AS id, i.status, i.quantity,
              (SELECT row_to_json(price) FROM (SELECT
                (i.price_minor / 100) || '.' || lpad((i.price_minor % 100)::text, 2, '0') AS amount,
                i.price_currency AS "currencyCode") price) AS price,
              (SELECT row_to_json(specification) FROM (SELECT i.brand, i.model) specification) AS specification,
              (SELECT row_to_json(product) FROM (
                SELECT 'Product_' || p.id AS id, p.brand, p.model FROM products p WHERE p.id = i.product_id
              ) product) AS product,
              (SELECT coalesce(json_agg(alternative), '[]') FROM (
                SELECT 'Alternative_' || a.id AS id, a.status, a.is_exact_match AS "isExactMatch",
                  (SELECT row_to_json(price) FROM (SELECT
                    (a.price_minor / 100) || '.' || lpad((a.price_minor % 100)::text, 2, '0') AS amount,
                    a.price_currency AS "currencyCode") price) AS price
                FROM alternatives a WHERE a.item_id = i.id ORDER BY a.position, a.id
              ) alternative) AS alternatives,
              (SELECT coalesce(json_agg(recipient), '[]') FROM (
                SELECT 'Recipient_' || r.id AS id, r.name, r.status,
                  (SELECT row_to_json(employee) FROM (
                    SELECT 'Employee_' || e.id AS id, e.name, e.email
                    FROM employees e WHERE e.tenant_id = r.tenant_id AND e.email_key = r.email_key
                  ) employee) AS employee
                FROM recipients r WHERE r.item_id = i.id ORDER BY r.position, r.id
              ) recipient) AS recipients
            FROM quote_items i WHERE i.quote_id = q.id ORDER BY i.position, i.id
          ) item) AS items
        FROM (SELECT * FROM quotes WHERE tenant_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2) q
        ORDER BY q.created_at DESC, q.id DESC
      ) quote) AS nodes,
      (SELECT row_to_json(page) FROM (SELECT count(*) > $2 AS "hasNextPage" FROM (
        SELECT 1 FROM quotes WHERE tenant_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 + 1
      ) counted) page) AS "pageInfo"
    ) connection
  ) AS quotes) data
) AS data) answer
