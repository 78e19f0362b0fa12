// Follows all events by Relay: node relay/follow.js URL KEY.
const { requestSubscription } = require("relay-runtime");
const { createEnvironment } = require("./environment.js");
const PageEventsSubscription = require("./generated/PageEventsSubscription.graphql.js");

const print = (value) => console.log(JSON.stringify(value));

requestSubscription(createEnvironment(...process.argv.slice(2)), {
  subscription: PageEventsSubscription,
  variables: {},
  onNext: ({ events }) => print(events),
  onError: (error) => print({ failed: String(error) }),
  onCompleted: () => print({ failed: "complete" }),
});
