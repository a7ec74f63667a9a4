using Microsoft.AspNetCore.Builder;
using OrleansBroker.Api.Frame.Access;
using OrleansBroker.Api.Frame.Pipeline;

namespace OrleansBroker.Api.Frame;

/// <summary>What an endpoint says of itself.</summary>
public static class EndpointConventions
{
    /// <summary>Who may call it: keys with one of these roles, and admin. An endpoint that does not say it is for admin alone.</summary>
    public static TBuilder RequireRole<TBuilder>(this TBuilder builder, ApiRole anyOf)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RoleRequirement(anyOf, BeyondLoopback: false));

    /// <summary>The same, but who asks on this machine needs no key. For endpoints outside of /api too.</summary>
    public static TBuilder RequireRoleBeyondLoopback<TBuilder>(this TBuilder builder, ApiRole anyOf)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RoleRequirement(anyOf, BeyondLoopback: true));

    /// <summary>The query parameters; a request with any other is refused. The endpoint's method gets them as <see cref="ApiQuery"/>.</summary>
    public static TBuilder Takes<TBuilder>(this TBuilder builder, params QueryParameter[] parameters)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new TakenParameters(parameters));

    /// <summary>A request header that it reads, which may be absent.</summary>
    public static TBuilder ReadsHeader<TBuilder>(this TBuilder builder, string name, string description)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new ReadHeader(name, description));

    /// <summary>The problems of its own, beside those that every endpoint can meet. A problem that is not named must not be answered.</summary>
    public static TBuilder CanFail<TBuilder>(this TBuilder builder, params ApiProblem[] problems)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new PossibleProblems(problems));

    /// <summary>What it changes is the broker's daily work, and not in the log.</summary>
    public static TBuilder IsTraffic<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(Traffic.Instance);

    /// <summary>An answer that goes on, such as a feed: no time limit, and not one of the requests that are counted. It bounds itself.</summary>
    public static TBuilder GoesOn<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(Unbounded.Instance);
}
