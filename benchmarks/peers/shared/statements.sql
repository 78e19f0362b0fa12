-- The statements of the peers that are written by hand, one for each loader; $1 is the list of keys, $2 the tenant.
-- Each begins with a line that names it.

-- name: keys
SELECT k.hash, t.id AS tenant_id, k.id AS key_id, k.name AS key_name
FROM api_keys k JOIN tenants t ON t.company_id = k.company_id AND t.environment = k.environment
WHERE k.revoked_at IS NULL;

-- name: quotes
SELECT id, tenant_id, order_id, status, po_number, requester_email, requester_name, created_at
FROM quotes WHERE tenant_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2;

-- name: quote
SELECT id, tenant_id, order_id, status, po_number, requester_email, requester_name, created_at
FROM quotes WHERE id = ANY($1::text[]) AND tenant_id = $2;

-- name: items_by_quote
SELECT id, quote_id, status, decision, product_type, product_id, quantity, comments, brand, model, ram, storage,
       price_minor, price_currency
FROM quote_items WHERE quote_id = ANY($1::text[]) AND tenant_id = $2 ORDER BY position, id;

-- name: item
SELECT id, quote_id, status, decision, product_type, product_id, quantity, comments, brand, model, ram, storage,
       price_minor, price_currency
FROM quote_items WHERE id = ANY($1::text[]) AND tenant_id = $2;

-- name: alternatives_by_item
SELECT id, item_id, status, description, is_exact_match, price_minor, price_currency
FROM alternatives WHERE item_id = ANY($1::text[]) AND tenant_id = $2 ORDER BY position, id;

-- name: recipients_by_item
SELECT id, item_id, name, country, status, email_key
FROM recipients WHERE item_id = ANY($1::text[]) AND tenant_id = $2 ORDER BY position, id;

-- name: employee_by_email
SELECT id, name, email, email_key, department FROM employees WHERE email_key = ANY($1::text[]) AND tenant_id = $2;

-- name: product
SELECT id, brand, model, active FROM products WHERE id = ANY($1::text[]) AND $2::int IS NOT NULL;

-- name: company_by_tenant
SELECT t.id AS tenant_id, c.id, c.code, c.name FROM companies c JOIN tenants t ON t.company_id = c.id
WHERE t.id = ANY($1::int[]) AND t.id = $2;

-- name: accept_lock
SELECT q.id, q.offer_status, q.decision_status, q.fulfilment_status, q.status, q.requester_email, q.notification_emails,
       q.currency, q.discount_type, q.shipping_minor, q.expires_at <= now() AS is_over
FROM quotes q JOIN quote_items i ON i.quote_id = q.id
WHERE i.id = $1 AND q.tenant_id = $2 AND q.offer_status <> 'DELETED' FOR UPDATE OF q;

-- name: accept_items
SELECT id, status, decision, product_type, brand, quantity, price_minor, price_currency, agreed_price_minor,
       agreed_price_currency, discount_type, taxable, tax_rate
FROM quote_items WHERE quote_id = $1 ORDER BY position, id;

-- name: accept_alternatives
SELECT id, item_id, status, price_minor, price_currency FROM alternatives WHERE quote_id = $1 ORDER BY position, id;

-- name: accept_recipients
SELECT id, item_id, status, name, email, email_key, country, storage, destination, phone_number, government_id, address,
       city, post_code, address_extra
FROM recipients WHERE quote_id = $1 ORDER BY position, id;

-- name: accept_vendor_orders
INSERT INTO vendor_orders (id, tenant_id, quote_id, item_id, status, send_to, country, employee_email, hardware_type,
                           amount, problem, employee, created_at, updated_at)
SELECT o.id, $1, $2, $3, o.status, o.send_to, o.country, o.email, $4, o.amount, o.problem, o.employee, now(), now()
FROM unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::int[], $11::text[], $12::text[])
     AS o(id, status, send_to, country, email, amount, problem, employee);

-- name: accept_item
UPDATE quote_items SET status = 'ACCEPTED', decision = 'ITEM_ACCEPTED', closing_offer_id = id,
    agreed_price_minor = price_minor, agreed_price_currency = price_currency, agreed_at = now(),
    agreed_by_kind = 'API_KEY', agreed_by_id = $2, agreed_by_name = $3,
    subtotal_minor = $4, discount_total_minor = $5, tax_total_minor = $6, total_minor = $7, total_currency = $8
WHERE id = $1;

-- name: accept_reject_alternatives
UPDATE alternatives SET status = 'REJECTED' WHERE id = ANY($1::text[]);

-- name: accept_approve_recipients
UPDATE recipients r SET status = CASE WHEN r.status = 'PENDING' THEN 'APPROVED' ELSE r.status END,
    vendor_order_id = o.order_id
FROM unnest($1::text[], $2::text[]) AS o(id, order_id) WHERE r.id = o.id;

-- name: accept_quote
UPDATE quotes SET decision_status = $2, fulfilment_status = $3, status = $4, subtotal_minor = $5,
    discount_total_minor = $6, shipping_total_minor = $7, tax_total_minor = $8, total_minor = $9, updated_at = now()
WHERE id = $1;

-- name: accept_jobs
INSERT INTO jobs (id, tenant_id, kind, dedupe_key, payload, status, attempts, run_at, created_at)
SELECT j.id, $1, j.kind, j.dedupe_key, j.payload, 'WAITING', 0, now(), now()
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS j(id, kind, dedupe_key, payload)
ON CONFLICT (dedupe_key) DO NOTHING;

-- name: accept_number
UPDATE tenants SET last_event = last_event + $2 WHERE id = $1 RETURNING last_event;

-- name: accept_events
INSERT INTO events (tenant_id, number, id, type, node_type, node_id, actor_kind, actor_id, actor_name, occurred_at,
                    changes, subject_id)
SELECT $1, e.number, e.id, e.type, 'Quote', $2, 'API_KEY', $3, $4, now(), e.changes,
       CASE WHEN e.type = 'QUOTE_ITEM_ACCEPTED' THEN $9::text END
FROM unnest($5::bigint[], $6::text[], $7::text[], $8::text[]) AS e(number, id, type, changes);

-- name: accept_times
INSERT INTO status_times (tenant_id, node_id, status, at)
SELECT $1, s.node_id, s.status, now() FROM unnest($2::text[], $3::text[]) AS s(node_id, status)
ON CONFLICT DO NOTHING;
