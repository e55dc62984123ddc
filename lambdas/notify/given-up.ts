/** What is logged of each delivery that is given up. An alarm counts these lines. */
export const GIVEN_UP = "delivery given up";
