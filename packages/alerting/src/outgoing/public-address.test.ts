import { describe, expect, it } from "vitest";
import { isPublicAddress } from "./public-address.ts";

describe("public address", () => {
  it.each([
    "8.8.8.8",
    "93.184.216.34",
    "172.15.255.255",
    "172.32.0.1",
    "2606:4700:4700::1111",
    "2a00:1450:4001::200e",
  ])("%s is", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ["this machine", ["127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "::1", "::"]],
    [
      "private",
      ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd00:ec2::254", "fec0::1"],
    ],
    ["link-local, metadata of a cloud", ["169.254.169.254", "169.254.170.2", "fe80::1"]],
    ["carrier-grade NAT", ["100.64.0.1", "100.127.255.255"]],
    ["many at once", ["224.0.0.1", "239.255.255.255", "255.255.255.255", "ff02::1"]],
    [
      "reserved or for examples",
      [
        "192.0.0.8",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "240.0.0.1",
        "2001:db8::1",
        "3fff::1",
      ],
    ],
    ["IPv4 in IPv6, mapped", ["::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:8.8.8.8"]],
    ["IPv4 in IPv6, compatible", ["::127.0.0.1", "::8.8.8.8"]],
    ["IPv4 in IPv6, translated", ["::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1"]],
    ["IPv4 in IPv6, tunnelled", ["2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:4136:e378::"]],
    ["not given out to anybody", ["4000::1", "5f00::1", "100::1"]],
    ["no address", ["", "localhost", "127.1", "0x7f.0.0.1", "2130706433", "8.8.8.8.8", "fe80::1%eth0"]],
  ])("is none that is %s", (_, addresses) => {
    for (const address of addresses) expect(isPublicAddress(address), address).toBe(false);
  });
});
