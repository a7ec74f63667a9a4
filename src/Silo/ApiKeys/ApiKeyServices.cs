using OrleansBroker.Api;
using OrleansBroker.Gateway.Admission;
using OrleansBroker.Silo.Options;

namespace OrleansBroker.Silo.ApiKeys;

/// <summary>Adds the REST API with its keys as the options say.</summary>
internal static class ApiKeyServices
{
    /// <exception cref="BadOptionsException">The file of keys cannot be used.</exception>
    public static void AddApi(this IServiceCollection services, BrokerOptions options)
    {
        var api = new Api.Frame.ApiOptions(ProgramVersion.Text, options.Limits.MaxHttpRequests, options.Timing.HttpRequestTimeout);
        if (options.Http.KeyFile is not { } path)
        {
            services.AddApi(api, new NoApiKeys());
            return;
        }
        var file = Open(path);
        services.AddApi(api, file);
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<AdmissionFileWatcher>(provider, file, options.Timing.PasswordFilePoll));
    }

    private static ApiKeyFile Open(string path)
    {
        try
        {
            return ApiKeyFile.Open(path);
        }
        catch (AdmissionFileException e)
        {
            throw new BadOptionsException($"Broker:Http:KeyFile: {e.Message}", e);
        }
    }
}
