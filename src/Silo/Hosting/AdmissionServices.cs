using OrleansBroker.Gateway.Admission;
using OrleansBroker.Gateway.Admission.Enhanced;
using OrleansBroker.Gateway.Admission.Enhanced.Scram;
using OrleansBroker.Gateway.Admission.Passwords;
using OrleansBroker.Gateway.Admission.Rules;
using OrleansBroker.Silo.Options;

namespace OrleansBroker.Silo.Hosting;

/// <summary>Registers <see cref="IAuthenticator"/>, <see cref="AuthenticationMethods"/> and <see cref="IAuthorizer"/> as the options say.</summary>
internal static class AdmissionServices
{
    /// <exception cref="BadOptionsException">A file that an option names cannot be used.</exception>
    public static void AddAdmission(this IServiceCollection services, BrokerOptions options)
    {
        AddAuthenticator(services, options);
        var authorizer = options.Authorization.File is { } path
            ? Load("Broker:Authorization:File", () => AuthorizationFile.Load(path, options.Limits.PermissionCacheEntries))
            : new AllowAllAuthorizer();
        services.AddSingleton(authorizer);
    }

    private static void AddAuthenticator(IServiceCollection services, BrokerOptions options)
    {
        var anonymous = AnonymousPolicyOf(options);
        if (options.Authentication.PasswordFile is not { } path)
        {
            services.AddSingleton<IAuthenticator>(new AnonymousAuthenticator(anonymous));
            services.AddSingleton(AuthenticationMethods.None);
            return;
        }
        var file = Load("Broker:Authentication:PasswordFile", () => PasswordFile.Open(path));
        services.AddSingleton<IAuthenticator>(_ => new PasswordFileAuthenticator(file, anonymous, options.Limits));
        services.AddSingleton(new AuthenticationMethods(options.Authentication.Methods.Select(name => new ScramMethod(name, file))));
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<AdmissionFileWatcher>(provider, file, options.Timing.PasswordFilePoll));
    }

    private static AnonymousPolicy AnonymousPolicyOf(BrokerOptions options) => options.AllowAnonymous switch
    {
        AnonymousAccess.True => AnonymousPolicy.Everywhere,
        AnonymousAccess.Loopback => AnonymousPolicy.Loopback,
        AnonymousAccess.Default when options.Authentication.PasswordFile is null => AnonymousPolicy.Loopback,
        _ => AnonymousPolicy.Nowhere,
    };

    private static T Load<T>(string key, Func<T> load)
    {
        try
        {
            return load();
        }
        catch (AdmissionFileException e)
        {
            throw new BadOptionsException($"{key}: {e.Message}", e);
        }
    }
}
