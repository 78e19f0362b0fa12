// Generated from the schema: the possible types of each interface and union.
export const possibleTypes = {
  "CustomFieldValue": [
    "AddressFieldValue",
    "ChecklistFieldValue",
    "DateFieldValue",
    "NumberFieldValue",
    "OptionFieldValue",
    "TextFieldValue"
  ],
  "HasStatus": [
    "AccessToken",
    "Alternative",
    "ApiKey",
    "Asset",
    "Connection",
    "DeviceAction",
    "Employee",
    "Job",
    "Member",
    "OriginChange",
    "PriceOption",
    "Quote",
    "QuoteItem",
    "Recipient",
    "VendorOrder",
    "WebhookDelivery"
  ],
  "Node": [
    "AccessToken",
    "Alternative",
    "ApiKey",
    "Asset",
    "CatalogueEvent",
    "Company",
    "Configuration",
    "Connection",
    "ConnectionProblem",
    "CustomField",
    "Customer",
    "DeviceAction",
    "DeviceActionComment",
    "Employee",
    "Event",
    "Job",
    "Kit",
    "KitDevice",
    "Member",
    "OriginChange",
    "PriceOption",
    "Product",
    "Quote",
    "QuoteAttachment",
    "QuoteItem",
    "Recipient",
    "Signature",
    "VendorOrder",
    "WebhookDelivery",
    "WebhookEndpoint"
  ],
  "Offer": [
    "Alternative",
    "QuoteItem"
  ],
  "UserError": [
    "ConflictError",
    "NotFoundError",
    "ValidationError"
  ]
};
