SELECT json_build_object('data', json_build_object('quotes', json_build_object(
  'nodes', coalesce(json_agg(q.node ORDER BY q.created_at DESC, q.id DESC) FILTER (WHERE q.number <= $2), '[]'::json),
  'pageInfo', json_build_object('hasNextPage', count(*) > $2)
)))::text
FROM (
  SELECT q.id, q.created_at, row_number() OVER (ORDER BY q.created_at DESC, q.id DESC) AS number,
    json_build_object(
      'id', 'Quote_' || q.id, 'orderId', q.order_id, 'status', q.status,
      'createdAt', to_char(q.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
      'requester', json_build_object('email', q.requester_email, 'name', q.requester_name),
      'items', (
        SELECT coalesce(json_agg(json_build_object(
          'id', 'QuoteItem_' || i.id, 'status', i.status, 'quantity', i.quantity,
          'price', json_build_object(
            'amount', to_char(i.price_minor / 100.0, 'FM9999999990.00'), 'currencyCode', i.price_currency),
          'specification', json_build_object('brand', i.brand, 'model', i.model),
          'product', (
            SELECT json_build_object('id', 'Product_' || p.id, 'brand', p.brand, 'model', p.model)
            FROM products p WHERE p.id = i.product_id),
          'alternatives', (
            SELECT coalesce(json_agg(json_build_object(
              'id', 'Alternative_' || a.id, 'status', a.status, 'isExactMatch', a.is_exact_match,
              'price', json_build_object(
                'amount', to_char(a.price_minor / 100.0, 'FM9999999990.00'), 'currencyCode', a.price_currency)
            ) ORDER BY a.position, a.id), '[]'::json)
            FROM alternatives a WHERE a.item_id = i.id),
          'recipients', (
            SELECT coalesce(json_agg(json_build_object(
              'id', 'Recipient_' || r.id, 'name', r.name, 'status', r.status,
              'employee', (
                SELECT json_build_object('id', 'Employee_' || e.id, 'name', e.name, 'email', e.email)
                FROM employees e WHERE e.tenant_id = r.tenant_id AND e.email_key = r.email_key)
            ) ORDER BY r.position, r.id), '[]'::json)
            FROM recipients r WHERE r.item_id = i.id)
        ) ORDER BY i.position, i.id), '[]'::json)
        FROM quote_items i WHERE i.quote_id = q.id)
    ) AS node
  FROM (SELECT * FROM quotes WHERE tenant_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 + 1) q
) q
