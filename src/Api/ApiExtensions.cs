using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansBroker.Api.Events;
using OrleansBroker.Api.Frame;
using OrleansBroker.Api.Frame.Access;
using OrleansBroker.Api.Frame.Description;
using OrleansBroker.Api.Frame.Pipeline;
using OrleansBroker.Api.Health;
using OrleansBroker.Api.Jobs;
using OrleansBroker.Api.Nodes;
using OrleansBroker.Api.Publish;
using OrleansBroker.Api.Retained;
using OrleansBroker.Api.Sessions;
using OrleansBroker.Api.Stats;
using OrleansBroker.Api.Subscriptions;

namespace OrleansBroker.Api;

/// <summary>Puts the REST API into a node.</summary>
public static class ApiExtensions
{
    /// <summary>Where the API begins; a version that breaks clients has another number.</summary>
    public const string Prefix = "/api";

    private const string VersionPrefix = Prefix + "/v1";

    /// <summary>Adds what the endpoints need. TimeProvider, routing and the grains' side are there already.</summary>
    public static IServiceCollection AddApi(this IServiceCollection services, ApiOptions options, IApiKeys keys)
    {
        services.AddSingleton(options);
        services.AddSingleton(keys);
        services.TryAddSingleton<ApiAccess>();
        services.TryAddSingleton<RequestBounds>();
        services.Configure<JsonOptions>(static json => ApiJson.Apply(json.SerializerOptions));
        // A body that cannot be read is explained by Failures, not by an empty 400.
        services.Configure<RouteHandlerOptions>(static handlers => handlers.ThrowOnBadRequest = true);
        services.AddApiDocument(VersionPrefix);
        return services;
    }

    /// <summary>What requests pass before their endpoints. Comes after what serves other listeners, and before nothing but endpoints.</summary>
    public static void UseApi(this WebApplication app)
    {
        app.UseStatusProblems();
        app.Use(static (context, next) =>
        {
            RawPath.Restore(context);
            return next(context);
        });
        app.UseRouting();
        app.UseMiddleware<ApiPipeline>();
    }

    /// <summary>All endpoints of HTTP: one line for each subject.</summary>
    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealth();
        var api = endpoints.MapGroup(VersionPrefix);
        api.MapIndex();
        api.MapSessions();
        api.MapPublish();
        api.MapRetained();
        api.MapSubscriptions();
        api.MapSessionCommands();
        api.MapJobs();
        api.MapEvents();
        api.MapNodes();
        api.MapStats();
    }
}
