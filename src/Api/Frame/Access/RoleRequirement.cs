namespace OrleansBroker.Api.Frame.Access;

/// <summary>Metadata of an endpoint: who may call it.</summary>
/// <param name="AnyOf">One of these, or admin.</param>
/// <param name="BeyondLoopback">True when a caller on this machine needs no key.</param>
internal sealed record RoleRequirement(ApiRole AnyOf, bool BeyondLoopback);
